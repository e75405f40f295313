package org.entente.loadtests.chaos;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * The next gateways to kill, and the moment.
 *
 * @param afterAnswers strike after this many further answers to publishers, which is under load on
 *     any machine
 * @param victims one or two
 * @param downMillis least time for which each stays down, in the order of the victims
 * @param awaitReady whether to wait until they are ready again; otherwise the next strike may hit a
 *     starting gateway
 */
record Strike(
    int afterAnswers, List<String> victims, List<Integer> downMillis, boolean awaitReady) {
  private static final int PAIRS = 4;
  private static final int STARTING = 4;
  private static final int DOWN_MILLIS = 1_500;

  Strike {
    victims = List.copyOf(victims);
    downMillis = List.copyOf(downMillis);
  }

  /**
   * Chooses the next strike.
   *
   * @param running not empty
   * @param atMost remaining kills
   * @param perSecond answers per second while no gateway is down
   */
  static Strike next(
      RandomGenerator random, Collection<String> running, int atMost, int perSecond) {
    List<String> left = new ArrayList<>(new TreeSet<>(running));
    int count = Math.min(random.nextInt(PAIRS) == 0 ? 2 : 1, Math.min(atMost, left.size()));
    List<String> victims = new ArrayList<>();
    List<Integer> downMillis = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      victims.add(left.remove(random.nextInt(left.size())));
      downMillis.add(random.nextInt(DOWN_MILLIS));
    }
    int after = 1 + random.nextInt(2 * perSecond);
    return new Strike(after, victims, downMillis, random.nextInt(STARTING) != 0);
  }
}
