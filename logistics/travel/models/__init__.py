from logistics.travel.models.paces import LearnedPair, PaceBand
from logistics.travel.models.roads import RoadData, RoadLeg, RoadPoint

__all__ = ["LearnedPair", "PaceBand", "RoadData", "RoadLeg", "RoadPoint"]
