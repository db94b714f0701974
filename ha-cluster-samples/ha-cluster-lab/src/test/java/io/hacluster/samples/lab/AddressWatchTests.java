package io.hacluster.samples.lab;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link AddressWatch}, on messages as the kernel sends them.
 */
class AddressWatchTests {

	private static final short NEW = 20;

	private static final short DELETED = 21;

	private final AddressWatch watch = new AddressWatch("10.77.0.100");

	@Test
	void receivedWhenTwoHaveTheAddressSaysForHowLong() {
		this.watch.received("a", message(NEW, 10, 77, 0, 100), 10);
		this.watch.received("b", message(NEW, 10, 77, 0, 100), 15);
		this.watch.received("a", message(DELETED, 10, 77, 0, 100), 22);
		assertThat(this.watch.holders().overlap(0, 100)).isEqualTo(Duration.ofNanos(7));
		assertThat(this.watch.holders().holders()).containsExactly("b");
	}

	@Test
	void receivedWhenItIsAnotherAddressDoesNothing() {
		this.watch.received("a", message(NEW, 10, 77, 0, 10), 10);
		this.watch.received("a", message((short) 16, 10, 77, 0, 100), 10);
		this.watch.received("a", ByteBuffer.allocate(7), 10);
		assertThat(this.watch.holders().holders()).isEmpty();
	}

	@Test
	void receivedWhenThereAreSeveralMessagesReadsAll() {
		ByteBuffer both = ByteBuffer.allocate(200);
		both.put(message(NEW, 10, 77, 0, 1)).put(message(NEW, 10, 77, 0, 100)).flip();
		this.watch.received("a", both, 10);
		assertThat(this.watch.holders().holders()).containsExactly("a");
	}

	private static ByteBuffer message(short type, int... address) {
		ByteBuffer message = ByteBuffer.allocate(44).order(ByteOrder.nativeOrder());
		message.putInt(44).putShort(type).putShort((short) 0).putInt(0).putInt(0);
		message.put(new byte[] { 2, 32, 0, 0 }).putInt(2);
		for (short attribute = 1; attribute <= 2; attribute++) {
			message.putShort((short) 8).putShort(attribute);
			for (int part : address) {
				message.put((byte) part);
			}
		}
		message.putInt(0);
		return message.flip();
	}

}
