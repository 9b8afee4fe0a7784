"""The HTTP door for payment events: CloudEvents in, an answer for each event out."""

from producers.gateway.app import gateway_app
from producers.gateway.serve import serve_gateway

__all__ = ["gateway_app", "serve_gateway"]
