// Package krbmsg is the messages of Kerberos (RFC 4120) that the client, the simulated
// servers and the simulated KDC exchange, as ASN.1.
//
// Each message has Marshal, and a function that parses it: [ParseTicket], [ParseAPReq],
// [ParseKDCReq] and so on. [KDCReq] keeps its body as it came, for the checksum over it.
// What is within a message as encrypted data has a type of its own: [EncTicketPart],
// [EncKDCRepPart], [EncAPRepPart].
//
// It encrypts nothing and checks no time and no name but that there is one: every
// principal that is parsed has at least one component. Key and data types, and encryption
// types, are those of gokrb5, whose own messages are not used: they bring a
// configuration, DNS and the decoder of Windows' authorization data with them.
package krbmsg
