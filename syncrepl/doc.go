// Package syncrepl follows an LDAP directory with the content synchronization
// operation of RFC 4533: a program says what it wants to see with an LDAP URL
// and hears of every entry that comes, changes, moves and goes, in near real
// time and without administrator's rights.
//
// # The parts
//
// A [Client] holds one search. It keeps a copy of the search's content and the
// server's cookie in a [Store]: in memory ([NewMemory]), in a file ([OpenFile])
// or in a database of the caller's ([NewSQL]). A program that starts again
// hears only what has changed since it was stopped, deletes included.
//
// What happens is told to a [Handler], one method per event; [Base] does
// nothing and is meant to be embedded, [Funcs] is a struct of functions.
// [Client.Events] is the same as a Go iterator.
//
// Each callback gets the transaction ([Tx]) in which the client writes its own
// record. What the caller writes with it is committed together with the record,
// or not at all: [FileTx] and [SQLTx] give the transaction of the database
// itself, and [Tx.SetValue] works with every store.
//
// # Life
//
// [Client.Run] does everything: it connects, binds, refreshes, stays if told to
// ([RefreshAndPersist]), and connects again with growing pauses when the
// connection is lost. [Client.Poll] is one step of it for programs with a loop
// of their own. [Client.PleaseStop], from any goroutine, ends it in good order;
// cancelling the context ends it at once. [Client.Unbind] closes the connection
// and the store.
//
// # Promises
//
//   - A cookie is stored only in the transaction that stores what it stands for.
//     A refresh that was cut short while part of it was already written is done
//     again in full, compared entry by entry with the copy.
//   - An event is told before its transaction commits, so each is heard at least
//     once; after a crash the last transaction's events may be heard again.
//   - An entry that did not change is not told, whatever the server sends.
//   - Nothing is deleted on a guess: see [Guard] and the page docs/syncrepl.md for
//     what is known about servers that leave out the present phase.
//
// The package is pure Go, needs nothing else of libslapi, and works with
// OpenLDAP's syncprov, with 389 Directory Server's Content Synchronization
// plug-in and with slapid.
package syncrepl
