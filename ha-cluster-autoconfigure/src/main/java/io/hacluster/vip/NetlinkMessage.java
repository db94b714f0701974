package io.hacluster.vip;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * One message of the netlink protocol as it was received: a header, a fixed part that
 * depends on the type, and attributes. All numbers are in the byte order of the machine.
 *
 * @param type what it is
 * @param flags as in the header
 * @param sequence number of the request that it answers
 * @param body what follows the header
 * @see <a href="https://man7.org/linux/man-pages/man7/netlink.7.html">netlink(7)</a>
 */
record NetlinkMessage(int type, int flags, int sequence, ByteBuffer body) {

	static final int HEADER = 16;

	static final int TYPE_ERROR = 2;

	static final int TYPE_DONE = 3;

	static final int FLAG_DUMP_INTERRUPTED = 0x10;

	private static final int ATTRIBUTE_HEADER = 4;

	private static final int ATTRIBUTE_TYPE = 0x3fff;

	/**
	 * Takes the next message out of what was received.
	 * @return the message, {@code null} if there is no whole one
	 */
	static @Nullable NetlinkMessage next(ByteBuffer received) {
		if (received.remaining() < HEADER) {
			return null;
		}
		int start = received.position();
		int length = received.getInt(start);
		if (length < HEADER || length > received.remaining()) {
			return null;
		}
		ByteBuffer body = received.slice(start + HEADER, length - HEADER).order(ByteOrder.nativeOrder());
		NetlinkMessage message = new NetlinkMessage(Short.toUnsignedInt(received.getShort(start + 4)),
				Short.toUnsignedInt(received.getShort(start + 6)), received.getInt(start + 8), body);
		received.position(Math.min(start + align(length), received.limit()));
		return message;
	}

	/**
	 * Returns the attributes.
	 * @param from how long the fixed part is
	 * @return their values by type
	 */
	Map<Integer, byte[]> attributes(int from) {
		Map<Integer, byte[]> attributes = new HashMap<>();
		int at = align(from);
		while (at + ATTRIBUTE_HEADER <= this.body.limit()) {
			int length = Short.toUnsignedInt(this.body.getShort(at));
			if (length < ATTRIBUTE_HEADER || at + length > this.body.limit()) {
				break;
			}
			byte[] value = new byte[length - ATTRIBUTE_HEADER];
			this.body.get(at + ATTRIBUTE_HEADER, value);
			attributes.put(Short.toUnsignedInt(this.body.getShort(at + 2)) & ATTRIBUTE_TYPE, value);
			at += align(length);
		}
		return attributes;
	}

	static int align(int length) {
		return (length + 3) & ~3;
	}

	static int number(byte[] value) {
		return ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
	}

	static String text(byte[] value) {
		int end = 0;
		while (end < value.length && value[end] != 0) {
			end++;
		}
		return new String(value, 0, end, StandardCharsets.UTF_8);
	}

	/**
	 * A message to send.
	 */
	static final class Builder {

		private static final int FLAG_REQUEST = 1;

		private static final int MAX_LENGTH = 512;

		private final ByteBuffer buffer = ByteBuffer.allocate(MAX_LENGTH).order(ByteOrder.nativeOrder());

		/**
		 * Begins a request.
		 * @param type what it is
		 * @param flags beside that it is a request
		 * @param fixed the fixed part
		 */
		Builder(int type, int flags, byte[] fixed) {
			this.buffer.putInt(0).putShort((short) type).putShort((short) (flags | FLAG_REQUEST)).putInt(0).putInt(0);
			put(fixed);
		}

		Builder attribute(int type, byte[] value) {
			this.buffer.putShort((short) (ATTRIBUTE_HEADER + value.length)).putShort((short) type);
			put(value);
			return this;
		}

		byte[] build(int sequence) {
			this.buffer.putInt(0, this.buffer.position()).putInt(8, sequence);
			return Arrays.copyOf(this.buffer.array(), this.buffer.position());
		}

		private void put(byte[] value) {
			this.buffer.put(value);
			this.buffer.position(align(this.buffer.position()));
		}

	}

}
