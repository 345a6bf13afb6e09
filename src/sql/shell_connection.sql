-- Where this connection leads to, for \conninfo. Behind a pooler it is the pooler's.
select current_database()::text as database, session_user::text as role, host(inet_server_addr()) as address,
       inet_server_port() as port, pg_backend_pid() as pid,
       current_setting('server_version') as server_version,
       coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as is_encrypted;
