-- Removes mm's state: plans, their journal and the published registry. Retired rows can then not be brought back.
drop schema mmadmin cascade;
