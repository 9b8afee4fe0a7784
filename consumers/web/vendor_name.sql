-- What is this vendor called, and what does he sell?
-- Grain: the vendor on a day, or nothing.
SELECT name, product FROM registry_vendor(known_at = {known_at:DateTime64(3)})
WHERE vendor = {vendor:String} AND effective_from <= {day:Date} AND effective_to > {day:Date}
