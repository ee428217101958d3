-- Whatever is being written for a project.
-- As service_role; the project was read as the user.
--
-- $1 uuid project, $2 uuid user
update generations set status = 'cancelled', finished_at = now() where ea_project_id = $1 and user_id = $2 and status = 'started'
