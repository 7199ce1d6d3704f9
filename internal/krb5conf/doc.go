// Package krb5conf reads krb5.conf, as RHEL, Debian, EMR and others write it, and the
// names of credential caches.
//
// [Read] makes a [Config] of a file with what it includes in its place, [Parse] of a
// text. [CacheName] is the credential cache that kinit would use, [CacheFile] the file
// behind such a name.
//
// As in MIT's library, the first of two values counts, and what is not known is ignored.
// Errors say file and line. Files, their depth and their number are bounded. Environment
// variables are the caller's to read. Nothing here uses the network.
package krb5conf
