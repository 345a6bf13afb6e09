-- Files that planned partitions share with another partition: retiring one would delete the other's data.
select count(*) as files, min(file_path) as example
  from (select i.file_path
          from mmadmin.retirement r
          join mmadmin.item i on i.retirement = r.retirement
          join lakehouse_partitions p on p.file_path = i.file_path
         where r.xact = pg_current_xact_id()
         group by i.file_path
        having count(*) > 1) as shared;
