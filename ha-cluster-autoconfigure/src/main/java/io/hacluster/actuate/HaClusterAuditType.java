package io.hacluster.actuate;

/**
 * The types of audit events of a node. A name is the type of the event, and does not
 * change.
 */
public enum HaClusterAuditType {

	/**
	 * The node has completed its promotion and leads.
	 */
	HA_LEADERSHIP_GRANTED,

	/**
	 * The node no longer leads.
	 */
	HA_LEADERSHIP_REVOKED,

	/**
	 * The cluster has another leader than before, or none, as this node sees it.
	 */
	HA_LEADER_CHANGED,

	/**
	 * A run through a sequence has ended.
	 */
	HA_TRANSITION,

	/**
	 * A step of a sequence has ended.
	 */
	HA_STEP,

	/**
	 * The log has refused this leader, because a newer one has fenced it.
	 */
	HA_FENCED,

	/**
	 * The node has taken the virtual IP.
	 */
	HA_VIP_ACQUIRED,

	/**
	 * The node has given the virtual IP up.
	 */
	HA_VIP_RELEASED,

	/**
	 * A stranger has the virtual IP, or claims it.
	 */
	HA_VIP_CONFLICT,

	/**
	 * The backend has failed.
	 */
	HA_BACKEND_FAILED,

	/**
	 * The backend had failed, and has been restarted.
	 */
	HA_BACKEND_RESTARTED,

	/**
	 * The database has been set aside.
	 */
	HA_DATABASE_DIVERGED,

	/**
	 * An operator has asked for something.
	 */
	HA_OPERATION

}
