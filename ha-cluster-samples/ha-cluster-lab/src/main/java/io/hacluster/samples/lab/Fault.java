package io.hacluster.samples.lab;

import java.time.Duration;
import java.util.Locale;

/**
 * What befalls the leader, or both nodes. Each ends with everything healed; that the
 * cluster becomes whole again without anybody's help is checked afterwards.
 */
enum Fault {

	/** The leader is asked to step down. */
	STEP_DOWN(Outcome.TAKEOVER, Loss.NONE) {

		@Override
		void run(Incident incident) {
			incident.strike("POST step-down to", incident.leader()::stepDown);
			incident.awaitTakeover();
		}

	},

	/** SIGKILL to the JVM of the leader, which is started again afterwards. */
	KILL(Outcome.TAKEOVER, Loss.UNSHIPPED) {

		@Override
		void run(Incident incident) {
			incident.strike("SIGKILL to", incident.leader()::kill);
			incident.awaitTakeover();
			incident.start(incident.leader());
		}

	},

	/** SIGSTOP to the JVM of the leader for half a lease. */
	FREEZE_HALF(Outcome.ANY, Loss.UNSHIPPED) {

		@Override
		void run(Incident incident) {
			incident.freeze(incident.lease().dividedBy(2));
			incident.awaitService();
		}

	},

	/** SIGSTOP to the JVM of the leader for a lease and a second. */
	FREEZE_LEASE(Outcome.ANY, Loss.UNSHIPPED) {

		@Override
		void run(Incident incident) {
			incident.freeze(incident.lease().plusSeconds(1));
			incident.awaitService();
		}

	},

	/** SIGSTOP to the JVM of the leader for three leases. */
	FREEZE_LONG(Outcome.TAKEOVER, Loss.UNSHIPPED) {

		@Override
		void run(Incident incident) {
			incident.freeze(incident.lease().multipliedBy(3));
			incident.awaitTakeover();
			incident.watchOn(incident.lease().dividedBy(2));
		}

	},

	/** The cable of the leader's host is pulled out, and put in again afterwards. */
	LINK_CUT(Outcome.TAKEOVER, Loss.UNSHIPPED) {

		@Override
		void run(Incident incident) {
			String host = incident.leader().name();
			incident.strike("the link is cut of", () -> incident.network().cut(host));
			incident.awaitTakeover();
			incident.network().heal(host);
			incident.watchOn(incident.lease().dividedBy(2));
		}

	},

	/**
	 * What NATS sends to the leader's host is lost, and nothing else, until it has been
	 * replaced.
	 */
	NATS_CUT(Outcome.TAKEOVER, Loss.UNSHIPPED) {

		@Override
		void run(Incident incident) {
			String route = incident.bed().address(incident.leader()) + "/32";
			Namespace nats = incident.network().host(Bed.NATS);
			incident.strike("NATS no longer reaches", () -> nats.ip("route", "add", "blackhole", route));
			incident.awaitTakeover();
			nats.ip("route", "delete", "blackhole", route);
		}

	},

	/** Somebody removes the virtual IP from the leader's host. */
	VIP_REMOVED(Outcome.STAYS, Loss.NONE) {

		@Override
		void run(Incident incident) {
			Namespace host = incident.bed().host(incident.leader());
			incident.strike("the virtual IP is removed by hand from",
					() -> host.ip("address", "delete", Bed.VIP + "/32", "dev", Network.INTERFACE));
			incident.awaitVipTakenAgain();
			incident.awaitService();
		}

	},

	/**
	 * Another host takes the virtual IP before the leader steps down: nobody may lead
	 * while it has it, and the reason names it.
	 */
	VIP_TAKEN(Outcome.ANY, Loss.NONE) {

		@Override
		void run(Incident incident) {
			Namespace stranger = incident.network().host(Bed.STRANGER);
			stranger.ip("address", "add", Bed.VIP + "/32", "dev", Network.INTERFACE);
			incident.strike("a stranger has the virtual IP; POST step-down to", incident.leader()::stepDown);
			incident.awaitReason(Bed.strangerHardwareAddress());
			incident.stayWithoutVip(incident.lease());
			stranger.ip("address", "delete", Bed.VIP + "/32", "dev", Network.INTERFACE);
			incident.awaitService();
		}

	},

	/** SIGKILL to the backend. */
	BACKEND_KILLED(Outcome.ANY, Loss.NONE) {

		@Override
		void run(Incident incident) {
			incident.strike("SIGKILL to the backend of", () -> incident.backends()
				.forEach((pid) -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly)));
			incident.awaitService();
		}

	},

	/** The backend does not end when it is told to: it is frozen. */
	BACKEND_HANGS(Outcome.TAKEOVER, Loss.NONE) {

		@Override
		void run(Incident incident) {
			incident.strike("the backend hangs; POST step-down to", () -> {
				incident.backends().forEach(new Signals()::freeze);
				incident.leader().stepDown();
			});
			incident.awaitTakeover();
		}

	},

	/**
	 * The follower dies, the leader goes on for a while and dies too, and the follower
	 * comes back first.
	 */
	STALE_FIRST(Outcome.RESTART, Loss.UNSHIPPED) {

		@Override
		void run(Incident incident) {
			incident.successor().kill();
			incident.watchOn(Duration.ofSeconds(2));
			incident.strike("the other node is off; SIGKILL to", incident.leader()::kill);
			incident.start(incident.successor());
			incident.awaitTakeover();
			incident.start(incident.leader());
		}

	};

	private final Outcome outcome;

	private final Loss loss;

	Fault(Outcome outcome, Loss loss) {
		this.outcome = outcome;
		this.loss = loss;
	}

	abstract void run(Incident incident);

	Outcome outcome() {
		return this.outcome;
	}

	Loss loss() {
		return this.loss;
	}

	/**
	 * Returns the name on the command line.
	 */
	String text() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * Who has to lead in the end.
	 */
	enum Outcome {

		/** The other node, in time. */
		TAKEOVER,

		/** The other node, once its JVM has been started. */
		RESTART,

		/** The same node, all the time. */
		STAYS,

		/** Either. */
		ANY

	}

	/**
	 * Which acknowledged rows may be lost.
	 */
	enum Loss {

		NONE,

		/** What was acknowledged less than a second before the fault, or later. */
		UNSHIPPED

	}

}
