from .marks import Appeal, Mark
from .schemes import Indicator, Scheme
from .scores import Correction, MonthlyScore, Proposal, Run, Share

__all__ = ["Appeal", "Correction", "Indicator", "Mark", "MonthlyScore", "Proposal", "Run", "Scheme", "Share"]
