-- A role for programs: it works with agents and approves nothing.
alter table invitations drop constraint invitations_role_check;
alter table invitations add constraint invitations_role_check
  check (role in ('owner', 'operator', 'requester', 'approver', 'viewer'));
