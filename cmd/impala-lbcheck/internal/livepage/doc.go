// Package livepage serves the page of a run while it lasts, to browsers on this machine.
//
// [Listen] takes a loopback address and no other. [Server.Show] says what to show of a
// run that goes on, [Server.Finish] what to show at its end, and [Server.Close] ends it:
// nothing is left of it then. There is one page, for GET. A request for another host is
// refused: a page elsewhere whose name was made to lead here cannot read it.
package livepage
