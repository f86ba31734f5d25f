"""DCGAN-style training on toy images, after the usual recipe: D on real, D on fake, then G."""
import argparse
import os
import tempfile

import torch
import torch.nn as nn
import torch.optim as optim

parser = argparse.ArgumentParser()
parser.add_argument("--niter", type=int, default=4, help="number of iterations")
parser.add_argument("--batchSize", type=int, default=8)
parser.add_argument("--nz", type=int, default=6, help="size of the latent z vector")
parser.add_argument("--ngf", type=int, default=8)
parser.add_argument("--ndf", type=int, default=8)
parser.add_argument("--lr", type=float, default=2e-3)
parser.add_argument("--beta1", type=float, default=0.5)
parser.add_argument("--manualSeed", type=int, default=7)
parser.add_argument("--fm", type=float, default=0.1, help="weight of the feature matching term")
opt = parser.parse_args()

torch.manual_seed(opt.manualSeed)
device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


def weights_init(m):
    """custom weights initialization called on netG and netD"""
    classname = m.__class__.__name__
    if classname.find("Linear") != -1:
        m.weight.data.normal_(0.0, 0.2)
    elif classname.find("BatchNorm") != -1:
        m.weight.data.normal_(1.0, 0.02)
        m.bias.data.fill_(0)


class Generator(nn.Module):
    def __init__(self, nz, ngf, size=16):
        super(Generator, self).__init__()
        self.main = nn.Sequential(
            nn.Linear(nz, ngf * 2),
            nn.BatchNorm1d(ngf * 2),
            nn.ReLU(True),
            nn.Linear(ngf * 2, ngf * 2),
            nn.ReLU(True),
        )
        self.out = nn.Linear(ngf * 2, size)
        self.bias_scale = 0.1

    def forward(self, z):
        h = self.main(z)
        x = torch.tanh(self.out(h))
        return x


class Discriminator(nn.Module):
    def __init__(self, ndf, size=16):
        super(Discriminator, self).__init__()
        self.body = nn.Sequential(
            nn.Linear(size, ndf * 2),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Linear(ndf * 2, ndf),
            nn.LeakyReLU(0.2, inplace=True),
        )
        self.score = nn.Linear(ndf, 1)

    def features(self, x):
        return self.body(x)

    def forward(self, x):
        return self.score(self.features(x)).squeeze(1)


class GANLoss(nn.Module):
    def __init__(self, real_label=0.9, fake_label=0.0):
        super().__init__()
        self.register_buffer("real_label", torch.tensor(real_label))
        self.register_buffer("fake_label", torch.tensor(fake_label))
        self.loss = nn.BCEWithLogitsLoss()

    def forward(self, pred, is_real):
        label = self.real_label if is_real else self.fake_label
        return self.loss(pred, label.expand_as(pred))


def feature_matching(netD, real, fake):
    real_features = netD.features(real).mean(0).detach()
    fake_features = netD.features(fake).mean(0)
    return (real_features - fake_features).pow(2).mean()


def update_discriminator(netD, netG, optimizerD, criterion, real, noise):
    netD.zero_grad()
    errD_real = criterion(netD(real), True)
    errD_real.backward()
    fake = netG(noise)
    errD_fake = criterion(netD(fake.detach()), False)
    errD_fake.backward()
    optimizerD.step()
    return errD_real + errD_fake, fake


def update_generator(netD, netG, optimizerG, criterion, real, fake):
    netG.zero_grad()
    errG = criterion(netD(fake), True)
    if opt.fm > 0:
        errG = errG + opt.fm * feature_matching(netD, real, fake)
    errG.backward()
    optimizerG.step()
    return errG


def real_batches():
    g = torch.Generator().manual_seed(opt.manualSeed)
    for _ in range(opt.niter):
        yield torch.randn(opt.batchSize, 16, generator=g).tanh()


netG = Generator(opt.nz, opt.ngf).to(device)
netG.apply(weights_init)
netD = Discriminator(opt.ndf).to(device)
netD.apply(weights_init)
criterion = GANLoss().to(device)
fixed_noise = torch.randn(4, opt.nz, device=device)

optimizerD = optim.Adam(netD.parameters(), lr=opt.lr, betas=(opt.beta1, 0.999))
optimizerG = optim.Adam(netG.parameters(), lr=opt.lr, betas=(opt.beta1, 0.999))

G_losses, D_losses = [], []
for i, real in enumerate(real_batches()):
    real = real.to(device)
    noise = torch.randn(real.size(0), opt.nz, device=device)
    errD, fake = update_discriminator(netD, netG, optimizerD, criterion, real, noise)
    errG = update_generator(netD, netG, optimizerG, criterion, real, fake)
    G_losses.append(errG.item())
    D_losses.append(errD.item())
    print("[%d/%d] Loss_D: %.4f Loss_G: %.4f" % (i, opt.niter, errD.item(), errG.item()))
    if i % 2 == 0:
        with torch.no_grad():
            samples = netG(fixed_noise).cpu()

with tempfile.TemporaryDirectory() as outf:
    torch.save(netG.state_dict(), os.path.join(outf, "netG.pth"))
    torch.save(netD.state_dict(), os.path.join(outf, "netD.pth"))
