"""Graph networks without any library: messages are gathered and scattered."""
import torch
import torch.nn as nn
import torch.nn.functional as F


def scatter_sum(src, index, num_nodes):
    out = src.new_zeros(num_nodes, src.size(1))
    return out.index_add(0, index, src)


class GCNConv(nn.Module):
    def __init__(self, in_dim, out_dim):
        super(GCNConv, self).__init__()
        self.lin = nn.Linear(in_dim, out_dim, bias=False)
        self.bias = nn.Parameter(torch.zeros(out_dim))

    def forward(self, x, edge_index):
        row, col = edge_index
        deg = torch.bincount(row, minlength=x.size(0)).float().clamp(min=1)
        norm = (deg[row] * deg[col]).rsqrt()
        x = self.lin(x)
        out = scatter_sum(norm.unsqueeze(1) * x[col], row, x.size(0))
        return out + self.bias


class GATConv(nn.Module):
    def __init__(self, in_dim, out_dim, negative_slope=0.2):
        super(GATConv, self).__init__()
        self.lin = nn.Linear(in_dim, out_dim, bias=False)
        self.att_src = nn.Parameter(torch.empty(out_dim))
        self.att_dst = nn.Parameter(torch.empty(out_dim))
        self.negative_slope = negative_slope
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.normal_(self.att_src, std=0.3)
        nn.init.normal_(self.att_dst, std=0.3)

    def forward(self, x, edge_index):
        row, col = edge_index
        h = self.lin(x)
        alpha = (h * self.att_dst).sum(-1)[row] + (h * self.att_src).sum(-1)[col]
        alpha = F.leaky_relu(alpha, self.negative_slope)
        alpha = (alpha - alpha.max().detach()).exp()
        denom = scatter_sum(alpha.unsqueeze(1), row, x.size(0))
        alpha = alpha / (denom[row].squeeze(1) + 1e-9)
        return scatter_sum(alpha.unsqueeze(1) * h[col], row, x.size(0))


class GNN(nn.Module):
    def __init__(self, num_nodes, dim, hidden, num_classes, num_layers=2, kind="gcn"):
        super(GNN, self).__init__()
        self.embedding = nn.Embedding(num_nodes, dim)
        conv = {"gcn": GCNConv, "gat": GATConv}[kind]
        self.convs = nn.ModuleList()
        self.convs.append(conv(dim, hidden))
        for _ in range(num_layers - 1):
            self.convs.append(conv(hidden, hidden))
        self.skip = nn.Linear(dim, hidden, bias=False)
        self.dropout = nn.Dropout(p=0.1)
        self.out = nn.Linear(hidden, num_classes)
        self.cached = None

    def embed(self, edge_index):
        h = self.embedding.weight
        for conv in self.convs:
            h = torch.relu(conv(h, edge_index))
            h = self.dropout(h)
        return h + self.skip(self.embedding(torch.arange(h.size(0), device=h.device)))

    def forward(self, edge_index):
        h = self.embed(edge_index)
        self.cached = h.detach()
        return self.out(h), h

    def score(self, h, pairs):
        return (h[pairs[0]] * h[pairs[1]]).sum(-1)
