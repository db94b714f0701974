package io.hacluster.samples.lab;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Notes which hosts have an address, from what their kernels tell about it as it happens:
 * rtnetlink(7).
 */
final class AddressWatch implements AutoCloseable {

	private static final int NETLINK_ROUTE = 0;

	private static final int RTMGRP_IPV4_IFADDR = 0x10;

	private static final int RTMGRP_IPV6_IFADDR = 0x100;

	private static final int RTM_NEWADDR = 20;

	private static final int RTM_DELADDR = 21;

	private static final int IFA_ADDRESS = 1;

	private static final int IFA_LOCAL = 2;

	private static final int HEADER = 16;

	private static final int ADDRESS_HEADER = 8;

	private final InetAddress address;

	private final Timeline holders = new Timeline();

	private final List<RawSocket> sockets = new ArrayList<>();

	AddressWatch(String address) {
		this.address = parse(address);
	}

	private static InetAddress parse(String address) {
		try {
			return InetAddress.getByName(address);
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	void watch(String host, Namespace namespace) {
		byte[] groups = ByteBuffer.allocate(12)
			.order(ByteOrder.nativeOrder())
			.putShort((short) LinuxCalls.AF_NETLINK)
			.putShort((short) 0)
			.putInt(0)
			.putInt(RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR)
			.array();
		this.sockets.add(namespace.socket(LinuxCalls.AF_NETLINK, NETLINK_ROUTE, groups,
				(message) -> received(host, message, System.nanoTime())));
	}

	Timeline holders() {
		return this.holders;
	}

	boolean isOverrun() {
		return this.sockets.stream().anyMatch(RawSocket::isOverrun);
	}

	/**
	 * Takes note of a datagram of messages.
	 * @param host the host of which it tells
	 * @param datagram the messages
	 * @param nanos when it came
	 */
	void received(String host, ByteBuffer datagram, long nanos) {
		datagram.order(ByteOrder.nativeOrder());
		while (datagram.remaining() >= HEADER) {
			int start = datagram.position();
			int length = datagram.getInt(start);
			if (length < HEADER || length > datagram.remaining()) {
				return;
			}
			int type = datagram.getShort(start + 4);
			if ((type == RTM_NEWADDR || type == RTM_DELADDR) && isOurs(datagram, start, start + length)) {
				if (type == RTM_NEWADDR) {
					this.holders.began(host, nanos);
				}
				else {
					this.holders.ended(host, nanos);
				}
			}
			datagram.position(Math.min(datagram.limit(), start + aligned(length)));
		}
	}

	private boolean isOurs(ByteBuffer message, int start, int end) {
		int at = start + HEADER + ADDRESS_HEADER;
		while (at + 4 <= end) {
			int length = message.getShort(at);
			int type = message.getShort(at + 2);
			if (length < 4 || at + length > end) {
				return false;
			}
			byte[] value = new byte[length - 4];
			message.get(at + 4, value);
			if ((type == IFA_ADDRESS || type == IFA_LOCAL)
					&& java.util.Arrays.equals(value, this.address.getAddress())) {
				return true;
			}
			at += aligned(length);
		}
		return false;
	}

	private static int aligned(int length) {
		return (length + 3) & ~3;
	}

	@Override
	public void close() {
		this.sockets.forEach(RawSocket::close);
	}

}
