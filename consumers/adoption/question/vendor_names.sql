-- What are the vendors called on a day, as known at {known_at}?
-- Grain: a vendor.
SELECT vendor, name FROM registry_vendor(known_at = {known_at:DateTime64(3)})
WHERE effective_from <= {day:Date} AND effective_to > {day:Date}
