from logistics.travel.models.roads import RoadData, RoadLeg, RoadPoint

__all__ = ["RoadData", "RoadLeg", "RoadPoint"]
