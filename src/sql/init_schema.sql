-- The schema in which mm keeps its state. It refers to nothing of upstream's, whose ALTERs and DROPs must not fail.
create schema mmadmin;
