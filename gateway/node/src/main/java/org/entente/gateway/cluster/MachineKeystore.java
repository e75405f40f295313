package org.entente.gateway.cluster;

import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * A keystore that a machine of a cluster has, or once had: a machine may get another disk, and two
 * machines may have been set up under one name.
 *
 * @param machine name of the machine
 * @param id a random number that the keystore was given when it was made
 */
public record MachineKeystore(String machine, long id) implements Comparable<MachineKeystore> {
  private static final Pattern MACHINE = Pattern.compile("[!-~][ -~]{0,254}");

  private static final Comparator<MachineKeystore> ORDER =
      Comparator.comparing(MachineKeystore::machine).thenComparingLong(MachineKeystore::id);

  /** Checks that the name fits into one line. */
  public MachineKeystore {
    if (!MACHINE.matcher(machine).matches()) {
      throw new IllegalArgumentException("no name of a machine");
    }
  }

  @Override
  public int compareTo(MachineKeystore other) {
    return ORDER.compare(this, other);
  }
}
