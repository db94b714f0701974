package io.hacluster.vip;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IP address and the length of the prefix of its subnet.
 *
 * @param address the address, IPv4 or IPv6
 * @param prefixLength 1 to 32 for IPv4, 1 to 128 for IPv6
 */
public record CidrAddress(InetAddress address, int prefixLength) {

	private static final Pattern TEXT = Pattern.compile("([0-9A-Fa-f.:]+)(?:/(\\d{1,3}))?");

	/** Two or more groups of zeros. */
	private static final Pattern ZEROS = Pattern.compile("(?<![0-9a-f])0(:0)+(?![0-9a-f])");

	private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

	public CidrAddress {
		if (prefixLength < 1 || prefixLength > maxPrefixLength(address)) {
			throw new IllegalArgumentException("The prefix length of " + address.getHostAddress() + " must be 1 to "
					+ maxPrefixLength(address) + ", but is " + prefixLength);
		}
	}

	/**
	 * Reads an address as people write it. No name is looked up.
	 * @param text an address with or without a prefix length, such as
	 * {@code 10.0.0.100/24} or {@code 2001:db8::100/64}
	 * @return the address; without a prefix length it stands alone, as /32 or /128
	 * @throws IllegalArgumentException saying what is wrong with it
	 */
	public static CidrAddress parse(String text) {
		Matcher matcher = TEXT.matcher(text);
		if (!matcher.matches()) {
			throw new IllegalArgumentException("'" + text + "' is not an IP address in CIDR notation, such as "
					+ "10.0.0.100/24 or 2001:db8::100/64");
		}
		InetAddress address = literal(matcher.group(1));
		String prefix = matcher.group(2);
		return new CidrAddress(address, (prefix != null) ? Integer.parseInt(prefix) : maxPrefixLength(address));
	}

	/**
	 * Returns whether an address is in this subnet.
	 * @param other the address, of any family
	 * @return whether it has the same prefix
	 */
	public boolean contains(InetAddress other) {
		byte[] left = this.address.getAddress();
		byte[] right = other.getAddress();
		if (left.length != right.length) {
			return false;
		}
		for (int bit = 0; bit < this.prefixLength; bit++) {
			int mask = 0x80 >> (bit % Byte.SIZE);
			if (((left[bit / Byte.SIZE] ^ right[bit / Byte.SIZE]) & mask) != 0) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Returns the same address without its subnet.
	 * @return the address as /32 or /128
	 */
	CidrAddress alone() {
		return new CidrAddress(this.address, maxPrefixLength(this.address));
	}

	/**
	 * Returns whether it is the first or the last address of an IPv4 subnet, which mean
	 * the subnet itself and all of its hosts (RFC 1122, 3.2.1.3).
	 * @return whether no host can have it
	 */
	public boolean isNetworkOrBroadcast() {
		int hostBits = maxPrefixLength(this.address) - this.prefixLength;
		if (!isIpv4() || hostBits < 2) {
			return false;
		}
		long value = 0;
		for (byte each : this.address.getAddress()) {
			value = (value << Byte.SIZE) | (each & 0xff);
		}
		long hosts = (1L << hostBits) - 1;
		return (value & hosts) == 0 || (value & hosts) == hosts;
	}

	boolean isIpv4() {
		return this.address instanceof Inet4Address;
	}

	@Override
	public String toString() {
		return text(this.address) + "/" + this.prefixLength;
	}

	/**
	 * Writes an address as tools show it: IPv6 with its longest run of zeros left out
	 * (RFC 5952).
	 */
	static String text(InetAddress address) {
		String text = address.getHostAddress();
		String longest = "";
		Matcher matcher = ZEROS.matcher(text);
		while (!(address instanceof Inet4Address) && matcher.find()) {
			longest = (matcher.group().length() > longest.length()) ? matcher.group() : longest;
		}
		return longest.isEmpty() ? text : text.replaceFirst("(^|:)" + longest + "(:|$)", "::");
	}

	private static int maxPrefixLength(InetAddress address) {
		return (address instanceof Inet4Address) ? 32 : 128;
	}

	private static InetAddress literal(String text) {
		boolean ipv4 = IPV4.matcher(text).matches();
		try {
			if (ipv4 || text.contains(":")) {
				InetAddress address = InetAddress.getByName(text);
				if ((address instanceof Inet4Address) == ipv4) {
					return address;
				}
			}
		}
		catch (UnknownHostException ex) {
			// Said below, in words that help.
		}
		throw new IllegalArgumentException("'" + text + "' is not an IP address");
	}

}
