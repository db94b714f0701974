package io.hacluster.election;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.election.local.LocalLeaseStore;
import io.hacluster.election.nats.NatsLeaseStore;
import io.hacluster.election.nats.NatsLeaseStoreSettings;
import io.hacluster.test.NatsServer;

/**
 * A process of its own that runs for a lease and says when it certainly led. Each line
 * has the epoch, when it had first seen itself lead, and when it was last about to look
 * and then did: between the two it led, since a term that has ended never comes back. The
 * monotonic clock is the same for all processes of a machine.
 */
public final class LeaseHolderApplication {

	private LeaseHolderApplication() {
	}

	public static void main(String[] arguments) {
		ElectionSettings settings = ElectionSettings.of(Duration.ofSeconds(1), Duration.ofMillis(250), "");
		NodeIdentity identity = Leases.identity(arguments[0], UUID.randomUUID().toString());
		LeaseStore store = arguments[1].startsWith("nats:")
				? new NatsLeaseStore(identity, () -> NatsServer.options(arguments[1]),
						NatsLeaseStoreSettings.forCluster("test", 1, settings.storeTimeout()))
					.connect()
				: new LocalLeaseStore(identity, Path.of(arguments[1]));
		LeaderElector elector = new LeaderElector(store, identity, settings, Candidate.always(), Ticker.SYSTEM,
				new Random());
		elector.start();
		long epoch = 0;
		long first = 0;
		while (!System.out.checkError()) {
			long before = System.nanoTime();
			Optional<HeldLease> held = elector.heldLease().filter(HeldLease::isValid);
			long after = System.nanoTime();
			if (held.isPresent()) {
				if (held.get().epoch().value() != epoch) {
					epoch = held.get().epoch().value();
					first = after;
				}
				System.out.println(epoch + " " + first + " " + before);
			}
			LockSupport.parkNanos(2_000_000);
		}
		Runtime.getRuntime().halt(0);
	}

}
