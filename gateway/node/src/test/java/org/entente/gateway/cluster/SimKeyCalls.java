package org.entente.gateway.cluster;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.entente.gateway.seal.keys.KeyDescription;
import org.entente.gateway.seal.keys.KeyEntry;

/**
 * The keys of another simulated node, in the messages of production. A call or its answer may be
 * lost; a change may come once more, later.
 */
final class SimKeyCalls implements KeyNode {
  @FunctionalInterface
  private interface Call {
    byte[] of(NodeKeys keys) throws IOException;
  }

  private final ClusterSimulation world;
  private final int from;
  private final int to;

  SimKeyCalls(ClusterSimulation world, int from, int to) {
    this.world = world;
    this.from = from;
    this.to = to;
  }

  @Override
  public State state(long term) throws IOException {
    byte[] question = KeyMessages.question(term);
    return call(
        keys -> KeyMessages.state(keys.state(KeyMessages.question(question))), KeyMessages::state);
  }

  @Override
  public List<KeyEntry> fetch(long term, List<KeyDescription> names) throws IOException {
    byte[] question = KeyMessages.fetch(new KeyMessages.Fetch(term, names));
    return call(keys -> fetch(keys, KeyMessages.fetch(question)), KeyMessages::keys);
  }

  private static byte[] fetch(NodeKeys keys, KeyMessages.Fetch fetch) throws IOException {
    List<KeyEntry> found = keys.fetch(fetch.term(), fetch.names());
    try {
      return KeyMessages.keys(found);
    } finally {
      found.forEach(KeyEntry::close);
    }
  }

  @Override
  public Held change(Change change) throws IOException {
    byte[] sent = KeyMessages.change(change);
    if (world.happens(0.1)) {
      world.later(() -> again(sent));
    }
    return call(keys -> make(keys, sent), KeyMessages::held);
  }

  private static byte[] make(NodeKeys keys, byte[] sent) throws IOException {
    Change change = KeyMessages.change(sent);
    try {
      return KeyMessages.held(keys.change(change));
    } finally {
      change.put().forEach(KeyEntry::close);
    }
  }

  /** A call that the network held up. */
  private void again(byte[] sent) {
    try {
      call(keys -> make(keys, sent), KeyMessages::held);
      world.truth().happened("a held-up change of keys was made");
    } catch (IOException e) {
      world.truth().happened("a held-up change of keys was refused");
    }
  }

  private <T> T call(Call call, Function<byte[], T> reader) throws IOException {
    if (!world.links().passes(from, to)) {
      throw new IOException("node " + to + " is not reached");
    }
    byte[] answer = call.of(world.node(to).reachableKeys());
    if (!world.links().passes(to, from)) {
      throw new IOException("node " + to + " does not answer");
    }
    return reader.apply(answer);
  }
}
