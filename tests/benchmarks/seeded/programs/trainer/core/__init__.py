from .losses import PerceptualLoss, total_variation
from .models import Autoencoder, build_discriminator
from .trainer import Trainer
