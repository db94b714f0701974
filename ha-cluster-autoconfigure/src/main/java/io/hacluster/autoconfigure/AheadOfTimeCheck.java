package io.hacluster.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;

import io.hacluster.autoconfigure.HaClusterProperties.Backend.Type;
import io.hacluster.autoconfigure.HaClusterProperties.Store;
import io.hacluster.backend.Backend;
import io.hacluster.election.LeaseStore;
import io.hacluster.replication.Replication;
import io.hacluster.vip.VirtualIp;

/**
 * Refuses a configuration that asks for other beans than those that were decided on when
 * the application was processed ahead of time. It would be ignored otherwise: a node
 * could run without its virtual IP, or in the wrong store.
 */
final class AheadOfTimeCheck {

	private final ListableBeanFactory beans;

	AheadOfTimeCheck(ListableBeanFactory beans) {
		this.beans = beans;
	}

	/**
	 * Makes the check.
	 * @param properties what is configured now
	 */
	void check(HaClusterProperties properties) {
		Store store = properties.store();
		check("store", store, store == Store.LOCAL, "haClusterLocalLeaseStore", LeaseStore.class);
		check("store", store, store == Store.NATS, "haClusterNatsLeaseStore", LeaseStore.class);
		String path = properties.sqlite().path();
		check("sqlite.path", path, path != null, "haClusterReplication", Replication.class);
		check("vip.addresses", properties.vip().addresses(), !properties.vip().addresses().isEmpty(),
				"haClusterVirtualIp", VirtualIp.class);
		Type type = properties.backend().type();
		check("backend.type", type, type == Type.PROCESS, "haClusterProcessBackend", Backend.class);
		check("backend.type", type, type == Type.SYSTEMD, "haClusterSystemdBackend", Backend.class);
		check("backend.type", type, type == Type.DOCKER, "haClusterDockerBackend", Backend.class);
	}

	private void check(String property, @Nullable Object value, boolean expected, String bean, Class<?> type) {
		boolean present = this.beans.containsBeanDefinition(bean);
		boolean missing = expected && !present && this.beans.getBeanNamesForType(type, true, false).length == 0;
		if (missing || (present && !expected)) {
			throw HaClusterPropertiesValidator.invalid(property, value,
					"It decides which beans there are, and that was decided when the application was processed ahead "
							+ "of time, with another value. Process it with this one, or start it without "
							+ "-Dspring.aot.enabled=true");
		}
	}

}
