// Takes the token out of the address, where no server and no history keeps it, into the form.
const token = location.hash.slice(1);
if (token) {
  history.replaceState(null, "", location.pathname);
  document.getElementById("token").value = token;
  document.getElementById("enter").submit();
}
