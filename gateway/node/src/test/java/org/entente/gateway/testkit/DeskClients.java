package org.entente.gateway.testkit;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.ledger.DeskSeat;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.record.StorageKeys;
import org.entente.gateway.model.DeskName;
import org.entente.gateway.model.NodeName;

/** Clients at desks, for tests. */
public final class DeskClients {
  private final Map<NodeName, DeskSeat> seats = new HashMap<>();

  /** A client that sits at desks. */
  public DeskClients client(String name, String... desks) {
    seats.put(new NodeName(name), new DeskSeat(names(desks), false));
    return this;
  }

  /** A client that is given nothing else. */
  public DeskClients only(String name, String... desks) {
    seats.put(new NodeName(name), new DeskSeat(names(desks), true));
    return this;
  }

  private static Set<DeskName> names(String... desks) {
    return Arrays.stream(desks).map(DeskName::new).collect(Collectors.toSet());
  }

  /** They, over the keys of a node. */
  public Desks over(StorageKeys keys) {
    return new Desks(new RecordSeal(keys, new SecureRandom()), () -> seats);
  }

  /** Nobody at any desk. */
  public static Desks none(StorageKeys keys) {
    return new DeskClients().over(keys);
  }
}
