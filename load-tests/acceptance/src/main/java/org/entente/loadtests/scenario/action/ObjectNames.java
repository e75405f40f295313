package org.entente.loadtests.scenario.action;

import com.google.protobuf.ByteString;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.entente.gateway.cli.failure.CommandFailure;

/** A scenario's names for objects that gateways know by id. For one thread. */
public final class ObjectNames {
  private final Map<NamedObject, Map<String, ByteString>> ids = new EnumMap<>(NamedObject.class);

  public void name(NamedObject thing, String name, ByteString id) {
    ids.computeIfAbsent(thing, it -> new HashMap<>()).put(name, id);
  }

  /**
   * The id of a named object.
   *
   * @throws CommandFailure if there is none because the step that names it failed
   */
  public ByteString id(NamedObject thing, String name) {
    ByteString id = ids.getOrDefault(thing, Map.of()).get(name);
    if (id == null) {
      throw new CommandFailure("there is no " + thing.word() + " " + name + ": its step failed");
    }
    return id;
  }

  /** The name of an object; its id in hexadecimal if it has no name. */
  public String name(NamedObject thing, ByteString id) {
    return ids.getOrDefault(thing, Map.of()).entrySet().stream()
        .filter(it -> it.getValue().equals(id))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseGet(() -> HexFormat.of().formatHex(id.toByteArray()));
  }
}
