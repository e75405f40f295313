package org.entente.gateway.account;

/**
 * Room for a number of things of all callers, of which each may have as many as are still free. So
 * <i>n</i> callers that take all they can leave the (<i>n</i> + 1)-th part of it to the others,
 * without a place that is reserved and not used.
 *
 * @param most most things of all callers
 */
public record SharedRoom(long most) {
  /**
   * Whether a caller can have one more.
   *
   * @param own how many it has
   * @param all how many all have, with its own
   */
  public boolean fits(long own, long all) {
    return fits(own, all, 1);
  }

  /** Whether a caller can have so many more. */
  public boolean fits(long own, long all, long more) {
    return own <= most - all - more;
  }
}
