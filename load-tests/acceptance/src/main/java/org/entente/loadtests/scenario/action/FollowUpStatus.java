package org.entente.loadtests.scenario.action;

import java.util.Set;
import java.util.TreeSet;
import org.entente.proto.v1.Standing;

/** Status of a message after changes by its originator. */
public enum FollowUpStatus {
  SUPERSEDED,
  CANCELLED,
  RECTIFIED,
  RESTRICTED;

  public static Set<FollowUpStatus> of(Standing standing) {
    Set<FollowUpStatus> all = new TreeSet<>();
    if (standing.getSuperseded()) {
      all.add(SUPERSEDED);
    }
    if (standing.getCancelled()) {
      all.add(CANCELLED);
    }
    if (standing.getRectified()) {
      all.add(RECTIFIED);
    }
    if (standing.getRestricted()) {
      all.add(RESTRICTED);
    }
    return all;
  }
}
