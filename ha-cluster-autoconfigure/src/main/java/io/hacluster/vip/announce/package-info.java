/**
 * What the kernel does not do for an address that moves from one host to another: tell
 * the neighbours, and ask them first whether a stranger holds it. Packets of ARP (RFC
 * 826, RFC 5227) and of neighbour discovery (RFC 4861, RFC 4862) on packet sockets
 * (<em>packet(7)</em>), which take {@code CAP_NET_RAW}.
 */
@NullMarked
package io.hacluster.vip.announce;

import org.jspecify.annotations.NullMarked;
