package org.entente.gateway.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.MessagePath;
import org.entente.gateway.feature.Registry;
import org.entente.gateway.intake.DraftHook;
import org.entente.gateway.intake.IntakeParts;
import org.entente.gateway.receive.ReceptionHook;
import org.entente.gateway.rpc.ClientService;

/** What features register; the test runs it. */
public final class CollectedFeatures implements Registry {
  private final GatewayParts parts;
  private final MessagePath path;
  private final List<ClientService> services = new ArrayList<>();
  private final Map<String, Runnable> tasks = new LinkedHashMap<>();

  /** A registry for features that find this path built. */
  public CollectedFeatures(GatewayParts parts, MessagePath path) {
    this.parts = parts;
    this.path = path;
  }

  @Override
  public GatewayParts parts() {
    return parts;
  }

  @Override
  public void receive(ReceptionHook hook) {
    // Reception has hooks of its own here.
  }

  @Override
  public void draft(DraftHook hook) {
    // So has the intake.
  }

  @Override
  public void grant(IntakeParts.ConsentLookup consents) {
    // And its consents.
  }

  @Override
  public void offer(ClientService service) {
    services.add(service);
  }

  @Override
  public void every(Duration period, String what, Runnable task) {
    tasks.put(what, task);
  }

  @Override
  public void beforeExpiry(Runnable task) {
    tasks.put("expiry", task);
  }

  @Override
  public void warn(Supplier<List<String>> warnings) {
    // Nobody reads them here.
  }

  @Override
  public void atEnd(Runnable task) {
    tasks.put("end", task);
  }

  @Override
  public void whenBuilt(Consumer<MessagePath> wiring) {
    wiring.accept(path);
  }

  /** The services on offer. */
  public List<ClientService> services() {
    return List.copyOf(services);
  }

  /** Runs a periodic task. */
  public void run(String task) {
    Objects.requireNonNull(tasks.get(task), task).run();
  }
}
