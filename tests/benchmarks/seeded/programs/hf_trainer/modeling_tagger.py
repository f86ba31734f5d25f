"""A token classifier in the style of a model hub."""
import math

import torch
from torch import nn

from transformers_stub import ModelOutput


class TaggerConfig:
    def __init__(self, vocab_size=20, hidden_size=8, num_labels=3, num_layers=2, max_position=12, pad_token_id=0):
        self.vocab_size = vocab_size
        self.hidden_size = hidden_size
        self.num_labels = num_labels
        self.num_layers = num_layers
        self.max_position = max_position
        self.pad_token_id = pad_token_id


class TaggerEmbeddings(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.word_embeddings = nn.Embedding(config.vocab_size, config.hidden_size, padding_idx=config.pad_token_id)
        self.position_embeddings = nn.Embedding(config.max_position, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size)
        self.register_buffer("position_ids", torch.arange(config.max_position).expand((1, -1)), persistent=False)
        self.register_buffer("token_scale", torch.full((1,), math.sqrt(config.hidden_size)))

    def forward(self, input_ids):
        embeddings = self.word_embeddings(input_ids) * self.token_scale
        embeddings += self.position_embeddings(self.position_ids[:, : input_ids.size(1)])
        return self.LayerNorm(embeddings)


class TaggerLayer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.query = nn.Linear(config.hidden_size, config.hidden_size)
        self.key = nn.Linear(config.hidden_size, config.hidden_size)
        self.value = nn.Linear(config.hidden_size, config.hidden_size)
        self.output = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, hidden_states, attention_mask):
        scores = self.query(hidden_states) @ self.key(hidden_states).transpose(-1, -2)
        scores = scores / math.sqrt(hidden_states.size(-1))
        scores = scores + attention_mask
        probs = nn.functional.softmax(scores, dim=-1)
        context = probs @ self.value(hidden_states)
        return hidden_states + self.output(context), probs


class PreTrainedTagger(nn.Module):
    config_class = TaggerConfig

    def __init__(self, config):
        super().__init__()
        self.config = config

    def post_init(self):
        self.apply(self._init_weights)

    def _init_weights(self, module):
        """Initialize the weights"""
        if isinstance(module, nn.Linear):
            module.weight.data.normal_(mean=0.0, std=0.2)
            module.bias.data.zero_()
        elif isinstance(module, nn.Embedding):
            module.weight.data.normal_(mean=0.0, std=0.2)
            if module.padding_idx is not None:
                module.weight.data[module.padding_idx].zero_()


class TaggerForTokenClassification(PreTrainedTagger):
    def __init__(self, config):
        super().__init__(config)
        self.embeddings = TaggerEmbeddings(config)
        self.layer = nn.ModuleList([TaggerLayer(config) for _ in range(config.num_layers)])
        self.classifier = nn.Linear(config.hidden_size, config.num_labels)
        self.layer_weights = nn.Parameter(torch.zeros(config.num_layers))
        self.post_init()

    def get_extended_attention_mask(self, attention_mask):
        extended = attention_mask[:, None, :].to(dtype=self.classifier.weight.dtype)
        return (1.0 - extended) * torch.finfo(extended.dtype).min

    def forward(self, input_ids, attention_mask=None, labels=None):
        hidden_states = self.embeddings(input_ids)
        mask = self.get_extended_attention_mask(attention_mask)
        all_hidden_states = ()
        attentions = []
        for layer_module in self.layer:
            hidden_states, probs = layer_module(hidden_states, mask)
            all_hidden_states = all_hidden_states + (hidden_states,)
            attentions.append(probs)
        weights = torch.softmax(self.layer_weights, dim=0)
        mixed = sum(w * h for w, h in zip(weights, all_hidden_states))
        logits = self.classifier(mixed)
        loss = None
        if labels is not None:
            loss_fct = nn.CrossEntropyLoss()
            loss = loss_fct(logits.view(-1, self.config.num_labels), labels.view(-1))
            sharpness = torch.stack([p.pow(2).sum(-1).mean() for p in attentions]).mean()
            loss = loss - 0.01 * sharpness
        return ModelOutput(loss=loss, logits=logits, hidden_states=all_hidden_states)
