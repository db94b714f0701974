package io.hacluster.vip;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.hacluster.Ticker;

/**
 * A host with one interface, whose kernel keeps lifetimes on a clock that the test moves.
 */
final class FakeTable implements AddressTable, Ticker {

	static final MacAddress MAC = new MacAddress(0x020000000001L);

	/** The addresses and when they end; never is {@code null}. */
	final Map<CidrAddress, @Nullable Long> addresses = new LinkedHashMap<>();

	final List<String> calls = new ArrayList<>();

	@Nullable Link link = new Link(2, "eth0", MAC, true);

	/** What happens just before the kernel adds an address. */
	Runnable beforePut = () -> {
	};

	private long now = Long.MAX_VALUE - 1_000_000;

	void advance(Duration time) {
		this.now += time.toNanos();
		this.addresses.values().removeIf((end) -> end != null && end - this.now <= 0);
	}

	boolean has(String address) throws IOException {
		return this.addresses.keySet()
			.stream()
			.anyMatch((each) -> each.address().equals(CidrAddress.parse(address).address()));
	}

	/**
	 * How long the kernel keeps an address from now on.
	 */
	Duration lifetime(String address) {
		Long end = this.addresses.get(CidrAddress.parse(address));
		return (end != null) ? Duration.ofNanos(end - this.now) : Duration.ZERO;
	}

	@Override
	public long nanoTime() {
		return this.now;
	}

	@Override
	public Optional<Link> link(String name) {
		return Optional.ofNullable(this.link).filter((each) -> each.name().equals(name));
	}

	@Override
	public List<AssignedAddress> addresses() {
		return this.addresses.entrySet()
			.stream()
			.map((each) -> new AssignedAddress(2, each.getKey(), each.getValue() == null, each.getValue() != null))
			.toList();
	}

	@Override
	public List<CidrAddress> routes(int link) {
		return List.of();
	}

	@Override
	public void put(Link link, CidrAddress address, long seconds) {
		this.beforePut.run();
		this.calls.add("put " + address.address().getHostAddress() + " " + seconds);
		this.addresses.put(address, this.now + Duration.ofSeconds(seconds).toNanos());
	}

	@Override
	public boolean remove(int link, CidrAddress address) {
		this.calls.add("remove " + address);
		boolean there = this.addresses.containsKey(address);
		this.addresses.remove(address);
		return there;
	}

	@Override
	public void close() {
	}

	/**
	 * An announcer that keeps what it is told.
	 */
	static final class Announced implements Announcer {

		final List<InetAddress> addresses = new ArrayList<>();

		@Nullable String failure;

		@Nullable VirtualIpException refusal;

		@Override
		public void verify(Link link) {
			if (this.refusal != null) {
				throw this.refusal;
			}
		}

		@Override
		public void announce(Link link, List<InetAddress> addresses) {
			if (this.failure != null) {
				throw new VirtualIpException(this.failure, null);
			}
			this.addresses.addAll(addresses);
		}

		int take() {
			int count = this.addresses.size();
			this.addresses.clear();
			return count;
		}

	}

}
