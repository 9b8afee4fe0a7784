"""Where the pilot goes next: adoption forecasts with bands, and a plan that can be checked."""
