package org.entente.gateway.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.Code;
import org.entente.proto.v1.AttachmentsProto;
import org.entente.proto.v1.AuditProto;
import org.entente.proto.v1.BackupProto;
import org.entente.proto.v1.CapProto;
import org.entente.proto.v1.ClusterProto;
import org.entente.proto.v1.ConsentProto;
import org.entente.proto.v1.ConsoleProto;
import org.entente.proto.v1.EvidenceProto;
import org.entente.proto.v1.IprProto;
import org.entente.proto.v1.KeysProto;
import org.entente.proto.v1.LinksProto;
import org.entente.proto.v1.ListRequestsRequest;
import org.entente.proto.v1.OperationsProto;
import org.entente.proto.v1.PolicyProto;
import org.entente.proto.v1.PublisherProto;
import org.entente.proto.v1.QuarantineProto;
import org.entente.proto.v1.ReleaseProto;
import org.entente.proto.v1.RequestSide;
import org.entente.proto.v1.RequestsProto;
import org.entente.proto.v1.RetentionProto;
import org.entente.proto.v1.RiskProto;
import org.entente.proto.v1.SearchProto;
import org.entente.proto.v1.SubscriberProto;
import org.entente.proto.v1.SubscriptionsProto;
import org.entente.proto.v1.TaskingProto;
import org.entente.proto.v1.WatchProto;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * Every call of every service, made by a client of each scope alone: who has not the scope that the
 * call needs is denied before anything else is looked at, and who has it is not. Which calls are
 * refused on a full disk.
 */
public class EveryCallTest {
  private static final Path PROTOS =
      Path.of("..", "..", "proto", "src", "main", "proto", "entente", "v1");

  /** Which scope opens what. A service's own line holds for those of its calls that have none. */
  private static final Map<String, Set<Scope>> OPENS =
      Map.ofEntries(
          Map.entry("Attachments", EnumSet.of(Scope.PUBLISH)),
          Map.entry("Attachments.OpenAttachment", EnumSet.of(Scope.SEARCH)),
          Map.entry("Attachments.ReadAttachment", EnumSet.of(Scope.SEARCH)),
          Map.entry("Audit", EnumSet.of(Scope.AUDIT)),
          Map.entry("Backups", EnumSet.of(Scope.OPERATOR)),
          Map.entry("Cluster", EnumSet.of(Scope.OPERATOR)),
          Map.entry("Cap.ReadCap", EnumSet.of(Scope.PUBLISH)),
          Map.entry("Cap.WriteCap", EnumSet.of(Scope.SEARCH)),
          Map.entry("Consent", EnumSet.of(Scope.CONSENT)),
          Map.entry(
              "Console", EnumSet.of(Scope.OPERATOR, Scope.EVIDENCE, Scope.AUDIT, Scope.PUBLISH)),
          Map.entry("Evidence", EnumSet.of(Scope.EVIDENCE)),
          Map.entry("IprProcedure", EnumSet.of(Scope.IPR)),
          Map.entry("IprProcedure.ListOwnRecordations", EnumSet.of(Scope.RIGHTS_HOLDER)),
          Map.entry("IprProcedure.ListIprNotices", EnumSet.of(Scope.RIGHTS_HOLDER)),
          Map.entry("IprProcedure.ReadIprNotice", EnumSet.of(Scope.RIGHTS_HOLDER)),
          Map.entry("IprProcedure.AnswerIprNotice", EnumSet.of(Scope.RIGHTS_HOLDER)),
          Map.entry("Keys", EnumSet.of(Scope.OPERATOR)),
          Map.entry("Links", EnumSet.of(Scope.OPERATOR)),
          Map.entry("Operations", EnumSet.of(Scope.OPERATE_JOINTLY)),
          Map.entry("PolicyTools", EnumSet.of(Scope.OPERATOR)),
          // Code lists are no secret within the agency.
          Map.entry("PolicyTools.ListCodes", EnumSet.complementOf(EnumSet.of(Scope.RIGHTS_HOLDER))),
          Map.entry("Publisher", EnumSet.of(Scope.PUBLISH)),
          Map.entry("Quarantine", EnumSet.of(Scope.OPERATOR)),
          Map.entry("Release", EnumSet.of(Scope.RELEASE)),
          Map.entry("Requests", EnumSet.of(Scope.RESPOND)),
          // Which of the two it needs depends on what is asked.
          Map.entry("Requests.ListRequests", EnumSet.of(Scope.PUBLISH, Scope.RESPOND)),
          Map.entry("Requests.Remind", EnumSet.of(Scope.PUBLISH)),
          Map.entry("Requests.Discover", EnumSet.of(Scope.PUBLISH)),
          Map.entry("Retention", EnumSet.of(Scope.RETENTION)),
          Map.entry("Retention.Recall", EnumSet.of(Scope.RECALL)),
          Map.entry("Risk", EnumSet.of(Scope.SEARCH)),
          Map.entry("Risk.ScoreMessage", EnumSet.of(Scope.SCORE)),
          Map.entry("Search", EnumSet.of(Scope.SEARCH)),
          Map.entry("Subscriber", EnumSet.of(Scope.SUBSCRIBE)),
          Map.entry("Subscriptions", EnumSet.of(Scope.SUBSCRIBE)),
          // Which of the two it needs depends on whose they are.
          Map.entry("Subscriptions.ListSubscriptions", EnumSet.of(Scope.SUBSCRIBE, Scope.OPERATOR)),
          Map.entry(
              "Subscriptions.DeleteSubscription", EnumSet.of(Scope.SUBSCRIBE, Scope.OPERATOR)),
          Map.entry("Tasking", EnumSet.of(Scope.TASK)),
          Map.entry("Watch", EnumSet.of(Scope.WATCH)));

  @AutoClose private final Edge edge = new Edge();

  /** Every call of every service, by name. */
  public static Map<String, MethodDescriptor> calls() {
    Map<String, MethodDescriptor> calls = new TreeMap<>();
    for (FileDescriptor file :
        List.of(
            AttachmentsProto.getDescriptor(),
            AuditProto.getDescriptor(),
            BackupProto.getDescriptor(),
            CapProto.getDescriptor(),
            ClusterProto.getDescriptor(),
            ConsentProto.getDescriptor(),
            ConsoleProto.getDescriptor(),
            SubscriptionsProto.getDescriptor(),
            EvidenceProto.getDescriptor(),
            IprProto.getDescriptor(),
            KeysProto.getDescriptor(),
            LinksProto.getDescriptor(),
            OperationsProto.getDescriptor(),
            PolicyProto.getDescriptor(),
            PublisherProto.getDescriptor(),
            QuarantineProto.getDescriptor(),
            ReleaseProto.getDescriptor(),
            RequestsProto.getDescriptor(),
            RetentionProto.getDescriptor(),
            RiskProto.getDescriptor(),
            SearchProto.getDescriptor(),
            SubscriberProto.getDescriptor(),
            TaskingProto.getDescriptor(),
            WatchProto.getDescriptor())) {
      file.getServices().stream()
          .flatMap(service -> service.getMethods().stream())
          .forEach(call -> calls.put(call.getService().getName() + "." + call.getName(), call));
    }
    return calls;
  }

  /** Scopes of which each opens a call. */
  public static Set<Scope> opens(String call) {
    String service = call.substring(0, call.indexOf('.'));
    return Objects.requireNonNull(OPENS.getOrDefault(call, OPENS.get(service)), call);
  }

  @Test
  void everyServiceOfTheProtos_isLookedAt() throws IOException {
    Set<String> written = new TreeSet<>();
    try (Stream<Path> files = Files.list(PROTOS)) {
      for (Path file : files.toList()) {
        Matcher service =
            Pattern.compile("(?m)^service (\\w+) \\{").matcher(Files.readString(file));
        while (service.find()) {
          written.add(service.group(1));
        }
      }
    }
    Set<String> looked = new TreeSet<>();
    calls().values().forEach(call -> looked.add(call.getService().getName()));
    assertEquals(written, looked);
  }

  @Test
  void everyCall_isOpenToItsScope_andDeniedToClientsOfAllOthers() throws Exception {
    ClientServer server = edge.startClients();
    Map<Scope, ManagedChannel> channels = new EnumMap<>(Scope.class);
    for (Scope scope : Scope.values()) {
      channels.put(scope, edge.channel(server.address(), edge.client(Edge.only(scope))));
    }
    Map<String, Set<Scope>> expected = new TreeMap<>();
    Map<String, Set<Scope>> seen = new TreeMap<>();
    for (Map.Entry<String, MethodDescriptor> call : calls().entrySet()) {
      String name = call.getKey();
      expected.put(name, opens(name));
      Set<Scope> open = EnumSet.noneOf(Scope.class);
      for (Map.Entry<Scope, ManagedChannel> client : channels.entrySet()) {
        if (!isDenied(client.getValue(), call.getValue(), empty(call.getValue()))) {
          open.add(client.getKey());
        }
      }
      seen.put(name, open);
    }
    assertEquals(expected, seen);
  }

  /** Who may not make a call is told so before the gateway reads or buffers its request. */
  @Test
  void everyCall_withoutItsScope_isDeniedBeforeItsRequest() throws Exception {
    ClientServer server = edge.startClients();
    Map<Scope, ManagedChannel> channels = new EnumMap<>(Scope.class);
    for (Map.Entry<String, MethodDescriptor> call : calls().entrySet()) {
      Scope other = EnumSet.complementOf(EnumSet.copyOf(opens(call.getKey()))).iterator().next();
      ManagedChannel channel = channels.get(other);
      if (channel == null) {
        channel = edge.channel(server.address(), edge.client(Edge.only(other)));
        channels.put(other, channel);
      }
      assertTrue(isDenied(channel, call.getValue(), null), call.getKey());
    }
  }

  /** Which calls the page says are refused on a full disk, wholly or in part. */
  private static Set<String> refused(String how) throws IOException {
    String page = Files.readString(Path.of("..", "..", "docs", "operate", "limits.md"));
    Matcher row =
        Pattern.compile("(?m)^\\| " + how + " \\| (.*) \\|$")
            .matcher(page.substring(page.indexOf("### Calls on a full disk")));
    assertTrue(row.find());
    return new TreeSet<>(List.of(row.group(1).replace("`", "").split(", ", -1)));
  }

  private static boolean isRefusedForRoom(
      ManagedChannel channel, MethodDescriptor call, @Nullable DynamicMessage request)
      throws Exception {
    return isRefused(channel, call, request, Status.Code.RESOURCE_EXHAUSTED, Code.STORAGE_FULL);
  }

  /** Attack: one client makes calls that leave a leaf each until the ledger stops for all. */
  @Test
  void everyCall_onAFullDisk_isRefusedBeforeItsRequest_orMade_asThePageSays() throws Exception {
    ClientServer server = edge.startClients();
    edge.behind.leave(1 << 20);
    Map<Scope, ManagedChannel> channels = new EnumMap<>(Scope.class);
    Set<String> refused = new TreeSet<>();
    Set<String> refusedInPart = new TreeSet<>();
    for (Map.Entry<String, MethodDescriptor> call : calls().entrySet()) {
      Scope scope = opens(call.getKey()).iterator().next();
      ManagedChannel channel = channels.get(scope);
      if (channel == null) {
        channel = edge.channel(server.address(), edge.client(Edge.only(scope)));
        channels.put(scope, channel);
      }
      if (isRefusedForRoom(channel, call.getValue(), empty(call.getValue()))) {
        boolean unread = isRefusedForRoom(channel, call.getValue(), null);
        (unread ? refused : refusedInPart).add(call.getKey());
      }
    }
    assertEquals(refused("refused"), refused);
    assertTrue(refused("refused in part").containsAll(refusedInPart), refusedInPart::toString);

    edge.behind.leave(Long.MAX_VALUE);
    ManagedChannel search = edge.channel(server.address(), edge.client(Edge.only(Scope.SEARCH)));
    MethodDescriptor again = Objects.requireNonNull(calls().get("Search.Search"), "the call");
    assertFalse(isRefusedForRoom(search, again, empty(again)));
  }

  /** Attack: the same with calls that cannot wait. */
  @Test
  void callsThatCannotWait_onAFullDisk_areFewForEachClient() throws Exception {
    ClientServer server = edge.startClients();
    edge.behind.leave(1 << 20);
    MethodDescriptor hold = Objects.requireNonNull(calls().get("Retention.Hold"), "the call");
    ManagedChannel one = edge.channel(server.address(), edge.client(Edge.only(Scope.RETENTION)));
    int made = 0;
    while (!isOverloaded(one, hold)) {
      made++;
      assertTrue(made < 1_000, "no limit");
    }
    assertTrue(made > 1, "none is made");
    MethodDescriptor recall = Objects.requireNonNull(calls().get("Retention.Recall"), "the call");
    ManagedChannel other = edge.channel(server.address(), edge.client(Edge.only(Scope.RECALL)));
    assertFalse(isOverloaded(other, recall), "another client");
  }

  @Test
  void callThatCannotWait_onAFullDisk_isMade_whateverTheRateOfItsClient() throws Exception {
    NodeConfig.PerClient slow = new NodeConfig.PerClient(0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0);
    ClientServer server = edge.startClients(Edge.limits(slow), false);
    edge.behind.leave(1 << 20);
    MethodDescriptor hold = Objects.requireNonNull(calls().get("Retention.Hold"), "the call");
    ManagedChannel one = edge.channel(server.address(), edge.client(Edge.only(Scope.RETENTION)));
    assertFalse(isOverloaded(one, hold));
  }

  private static boolean isOverloaded(ManagedChannel channel, MethodDescriptor call)
      throws Exception {
    return isRefused(channel, call, empty(call), Status.Code.RESOURCE_EXHAUSTED, Code.OVERLOADED);
  }

  @Test
  void listRequests_ofEitherSide_isOpenToItsScopeAlone() throws Exception {
    ClientServer server = edge.startClients();
    MethodDescriptor call =
        Objects.requireNonNull(calls().get("Requests.ListRequests"), "the call");
    for (Scope scope : EnumSet.of(Scope.PUBLISH, Scope.RESPOND)) {
      ManagedChannel channel = edge.channel(server.address(), edge.client(Edge.only(scope)));
      for (RequestSide side :
          List.of(RequestSide.REQUEST_SIDE_ASKED, RequestSide.REQUEST_SIDE_OWED)) {
        boolean own = (scope == Scope.PUBLISH) == (side == RequestSide.REQUEST_SIDE_ASKED);
        Message asking = ListRequestsRequest.newBuilder().setSide(side).build();
        assertEquals(
            !own,
            isDenied(
                channel,
                call,
                DynamicMessage.parseFrom(call.getInputType(), asking.toByteString())),
            scope + " " + side);
      }
    }
  }

  private static DynamicMessage empty(MethodDescriptor call) {
    return DynamicMessage.getDefaultInstance(call.getInputType());
  }

  private static boolean isDenied(
      ManagedChannel channel, MethodDescriptor call, @Nullable DynamicMessage request)
      throws Exception {
    return isRefused(channel, call, request, Status.Code.PERMISSION_DENIED, Code.SCOPE_MISSING);
  }

  /**
   * Whether a call is refused so; one that goes on, or fails otherwise, is not.
   *
   * @param request null to send only the headers of the call
   */
  private static boolean isRefused(
      ManagedChannel channel,
      MethodDescriptor call,
      @Nullable DynamicMessage request,
      Status.Code code,
      Code reason)
      throws Exception {
    ClientCall<DynamicMessage, DynamicMessage> made =
        channel.newCall(
            io.grpc.MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
                .setType(
                    // The library sends the headers of others together with the request.
                    call.isClientStreaming() || request == null
                        ? io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING
                        : call.isServerStreaming()
                            ? io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING
                            : io.grpc.MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(
                    io.grpc.MethodDescriptor.generateFullMethodName(
                        call.getService().getFullName(), call.getName()))
                .setRequestMarshaller(
                    ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(call.getInputType())))
                .setResponseMarshaller(
                    ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(call.getOutputType())))
                .build(),
            // Some go on for ever for whoever may make them.
            CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS));
    CompletableFuture<Boolean> refused = new CompletableFuture<>();
    made.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(DynamicMessage answer) {
            refused.complete(false);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            refused.complete(
                status.getCode() == code
                    && Refusals.of(status.asRuntimeException(trailers))
                        .reason()
                        .equals(reason.name()));
          }
        },
        new Metadata());
    made.request(1);
    if (request != null) {
      made.sendMessage(request);
      made.halfClose();
    }
    boolean answer = refused.get(30, TimeUnit.SECONDS);
    made.cancel("seen", null);
    return answer;
  }
}
