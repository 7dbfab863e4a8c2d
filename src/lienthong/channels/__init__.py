"""Layer 4, channels and measurement: what people see and how results are measured."""
