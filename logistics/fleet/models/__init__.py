from logistics.fleet.models.vehicles import Permit, Shift, Vehicle, VehicleKind

__all__ = ["Permit", "Shift", "Vehicle", "VehicleKind"]
