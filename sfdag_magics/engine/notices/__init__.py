"""What would leave this machine: notifications and other services' work, kept and never sent."""
