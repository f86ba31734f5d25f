import torch


class Dictionary(object):
    def __init__(self):
        self.word2idx = {}
        self.idx2word = []

    def add_word(self, word):
        if word not in self.word2idx:
            self.word2idx[word] = len(self.idx2word)
            self.idx2word.append(word)
        return self.word2idx[word]

    def __len__(self):
        return len(self.idx2word)


TEXT = "the cat sat on the mat and the dog sat on the log while the cat saw the dog and the dog saw the cat"


class Corpus(object):
    def __init__(self, repeat=6):
        self.dictionary = Dictionary()
        words = TEXT.split() * repeat
        ids = [self.dictionary.add_word(word) for word in words]
        self.train = torch.tensor(ids[:-40])
        self.valid = torch.tensor(ids[-40:])


def batchify(data, bsz):
    # Work out how cleanly we can divide the dataset into bsz parts.
    nbatch = data.size(0) // bsz
    data = data.narrow(0, 0, nbatch * bsz)
    return data.view(bsz, -1).t().contiguous()
