// Package keytab reads and writes Kerberos key tables, the files in which services
// and scheduled jobs keep their long-term keys.
//
// [Parse] reads the two versions of the format that MIT, Heimdal and Java write, with
// every length checked; [Table.Marshal] writes version 2. [Table.Find] looks a key up by
// principal, encryption type and version.
//
// It opens no file and does not derive keys from passwords. No formatting verb shows
// a key.
package keytab
