-- Was this delivery retracted, by whom, when and why?
-- Grain: one delivery, or none.
SELECT retracted_by, retracted_at, retracted_why
FROM retracted_delivery(known_at = {known_at:DateTime64(3)})
WHERE delivery = {delivery:String}
