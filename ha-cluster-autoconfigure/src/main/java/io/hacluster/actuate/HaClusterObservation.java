package io.hacluster.actuate;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The observations of a node: one for each run through a sequence, with its steps as
 * children, so that a failover is seen as one trace.
 */
public enum HaClusterObservation implements ObservationDocumentation {

	/**
	 * A run through a sequence. Its contextual name is that of the sequence.
	 */
	TRANSITION {

		@Override
		public String getName() {
			return "ha.cluster.transition";
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return new KeyName[] { Key.CLUSTER, Key.NODE, Key.SEQUENCE, Key.CAUSE, Key.OUTCOME };
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return new KeyName[] { Key.EPOCH, Key.REASON };
		}

	},

	/**
	 * A step of a sequence. Its contextual name is that of the step.
	 */
	STEP {

		@Override
		public String getName() {
			return "ha.cluster.step";
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return new KeyName[] { Key.CLUSTER, Key.NODE, Key.SEQUENCE, Key.STEP, Key.OUTCOME };
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return new KeyName[] { Key.EPOCH };
		}

	};

	/**
	 * The key names.
	 */
	public enum Key implements KeyName {

		/**
		 * The cluster.
		 */
		CLUSTER("cluster"),

		/**
		 * The node.
		 */
		NODE("node"),

		/**
		 * The sequence, such as {@code promotion}.
		 */
		SEQUENCE("sequence"),

		/**
		 * What the sequence was begun for, such as {@code lease-lost}.
		 */
		CAUSE("cause"),

		/**
		 * The step, such as {@code start-backend}.
		 */
		STEP("step"),

		/**
		 * How it ended.
		 */
		OUTCOME("outcome"),

		/**
		 * The epoch of the term.
		 */
		EPOCH("epoch"),

		/**
		 * Why the sequence was begun, for people.
		 */
		REASON("reason");

		private final String key;

		Key(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

}
