from logistics.fleet.models.vehicles import Permit, PermitClass, Shift, Vehicle, VehicleKind

__all__ = ["Permit", "PermitClass", "Shift", "Vehicle", "VehicleKind"]
