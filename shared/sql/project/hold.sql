-- Waits for whoever is making a version of the project.
--
-- $1 uuid project
select p.id from ea_projects p where p.id = $1 for no key update
