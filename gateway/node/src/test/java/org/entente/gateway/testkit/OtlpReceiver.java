package org.entente.gateway.testkit;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A collector in this process: takes spans by OTLP over HTTP, and can leave requests open. */
public final class OtlpReceiver implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService workers = Executors.newCachedThreadPool();
  private final Map<String, List<TakenSpan>> spans = new ConcurrentHashMap<>();
  private final CountDownLatch free = new CountDownLatch(1);
  private volatile boolean hangs;

  /** Opens a port of this machine. */
  public OtlpReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(workers);
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  /** A span, with ids in hex. */
  public record TakenSpan(String trace, String id, String parent, Span span) {
    private static TakenSpan of(Span span) {
      return new TakenSpan(
          hex(span.getTraceId()), hex(span.getSpanId()), hex(span.getParentSpanId()), span);
    }

    private static String hex(ByteString id) {
      return HexFormat.of().formatHex(id.toByteArray());
    }

    /** Its name without the prefix of all. */
    public String name() {
      return span.getName().replaceFirst("^entente\\.", "");
    }

    /** An attribute; empty if it has none. */
    public String attribute(String name) {
      return span.getAttributesList().stream()
          .filter(one -> one.getKey().equals("entente." + name))
          .map(KeyValue::getValue)
          .map(AnyValue::getStringValue)
          .findFirst()
          .orElse("");
    }
  }

  /** The configuration of a gateway that sends its spans here. */
  public void configure(Path config, String more) throws IOException {
    Files.writeString(
        config,
        "\ntracing:\n  endpoint: http://127.0.0.1:%d/v1/traces\n%s"
            .formatted(server.getAddress().getPort(), more),
        StandardOpenOption.APPEND);
  }

  /** From now on no request is answered, until this ends. */
  public void hang() {
    hangs = true;
  }

  /** What an agency's gateway has sent. */
  public List<TakenSpan> of(String agency) {
    return List.copyOf(spans.getOrDefault(agency, List.of()));
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (hangs) {
        await();
        return;
      }
      ExportTraceServiceRequest request =
          ExportTraceServiceRequest.parseFrom(exchange.getRequestBody().readAllBytes());
      for (ResourceSpans resource : request.getResourceSpansList()) {
        List<TakenSpan> taken =
            spans.computeIfAbsent(agency(resource), name -> new CopyOnWriteArrayList<>());
        resource
            .getScopeSpansList()
            .forEach(scope -> scope.getSpansList().forEach(one -> taken.add(TakenSpan.of(one))));
      }
      byte[] answer = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
    }
  }

  private void await() {
    try {
      free.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String agency(ResourceSpans resource) {
    return resource.getResource().getAttributesList().stream()
        .filter(one -> one.getKey().equals("service.name"))
        .map(one -> one.getValue().getStringValue())
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    free.countDown();
    server.stop(0);
    workers.shutdownNow();
  }
}
