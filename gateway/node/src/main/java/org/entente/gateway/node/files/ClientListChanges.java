package org.entente.gateway.node.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.entente.gateway.config.ClientList;
import org.entente.gateway.config.ClientList.Entry;
import org.jspecify.annotations.Nullable;

/** Says in words how two client lists differ, for the log and the audit log. */
final class ClientListChanges {
  /** Fits into the detail of an audit record. */
  private static final int MOST = 480;

  /** For the end that counts what is left out. */
  private static final int RESERVED = 20;

  private ClientListChanges() {}

  /** The difference, at most 500 characters. */
  static String between(ClientList old, ClientList next) {
    StringBuilder text =
        new StringBuilder(
            "client list " + next.version() + " is in force, changed by " + next.changedBy());
    Map<String, Entry> before = byName(old);
    Map<String, Entry> after = byName(next);
    List<String> parts = new ArrayList<>();
    after.forEach((name, entry) -> change(before.get(name), entry).ifPresent(parts::add));
    before.keySet().stream()
        .filter(name -> !after.containsKey(name))
        .forEach(name -> parts.add(name + " left to node.yaml"));
    for (int i = 0; i < parts.size(); i++) {
      String separator = i == 0 ? ": " : "; ";
      if (text.length() + separator.length() + parts.get(i).length() > MOST - RESERVED) {
        return text.append("; and %d more".formatted(parts.size() - i)).toString();
      }
      text.append(separator).append(parts.get(i));
    }
    return text.toString();
  }

  private static Map<String, Entry> byName(ClientList list) {
    return list.clients().stream()
        .collect(
            Collectors.toMap(Entry::name, Function.identity(), (one, other) -> one, TreeMap::new));
  }

  private static Optional<String> change(@Nullable Entry old, Entry next) {
    if (next.equals(old)) {
      return Optional.empty();
    }
    if (next.revoked() != null) {
      return Optional.of(next.name() + " revoked");
    }
    String rights =
        next.name()
            + " has scopes "
            + String.join(" ", next.scopes())
            + (next.desks().isEmpty() ? "" : " at desks " + String.join(" ", next.desks()));
    boolean sameRights = old != null && old.revoked() == null && old.client().equals(next.client());
    String serials =
        next.certificates().stream()
            .map(ClientList.Certificate::serial)
            .collect(Collectors.joining(" "));
    boolean sameCertificates = old != null && old.certificates().equals(next.certificates());
    return Optional.of(
        (sameRights ? next.name() : rights)
            + (sameCertificates || serials.isEmpty() ? "" : " with certificate " + serials));
  }
}
