package org.entente.gateway.repository;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.BadRequest;
import com.google.rpc.Status;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.rpc.EveryCallTest;
import org.entente.gateway.testkit.BlankText;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishStreamResponse;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.Wanted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The page of calls that name a person says of each what a gateway does, and of no other. */
class PeoplePageTest {
  private static final Path PAGE = Path.of("..", "..", "docs", "integrate", "people.md");

  /** Call, command, officer, justification, leaf. */
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(\\w+\\.\\w+)` \\| [^|]* \\| (\\w+) \\| (\\w+) \\| ([^|]+) \\|$");

  private static final Pattern LEAF = Pattern.compile("`([A-Z_]+)`");
  private static final ByteString ID = ByteString.copyFrom(new byte[16]);
  private static final Set<String> HOLDERS =
      Set.of("IprProcedure.ReadIprNotice", "IprProcedure.AnswerIprNotice");

  /** What a call needs besides ids, so that the person is what it lacks. */
  private static final Map<String, String> FIELDS =
      Map.of(
          "Release.Decide", "{verdict: 'VERDICT_RELEASE'}",
          "Retention.Recall", "{reason: 'genuine'}",
          "Risk.ScoreMessage", "{perMille: 1, model: 'm', modelVersion: '1'}",
          "Tasking.TakeCharge", "{step: 'CHARGE_STEP_TAKEN'}",
          "Operations.CreateOperation", "{endsAt: '2030-01-01T00:00:00Z'}",
          "Operations.ChangeOperation",
              "{members: [{agency: 'fr.customs', role: 'OPERATION_ROLE_LEAD'}]}",
          "Subscriptions.DeleteSubscription", "{client: 'desk'}",
          "Links.ResumeLane", "{peer: 'de.customs', lane: 'LANE_FLASH'}",
          "IprProcedure.AnswerIprNotice", "{answer: 'IPR_ANSWER_CONFIRMS'}");

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  private record Row(String officer, String justification, String leaves) {}

  private static Map<String, Row> page() throws IOException {
    Map<String, Row> rows = new TreeMap<>();
    Matcher found = ROW.matcher(Files.readString(PAGE));
    while (found.find()) {
      Row row = new Row(found.group(2), found.group(3), found.group(4));
      assertEquals(null, rows.put(found.group(1), row), found.group(1) + " has two rows");
    }
    return rows;
  }

  private static boolean takesAPerson(Descriptor request) {
    return request.getFields().stream()
        .anyMatch(
            field ->
                field.getName().equals("on_behalf_of")
                    || (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                        && field.getMessageType().equals(Draft.getDescriptor())));
  }

  @Test
  void page_hasEveryCallThatTakesAPerson_andNoOther_withLeavesThatThereAre() throws IOException {
    Set<String> taking = new TreeSet<>();
    EveryCallTest.calls()
        .forEach(
            (name, method) -> {
              if (takesAPerson(method.getInputType())) {
                taking.add(name);
              }
            });
    Map<String, Row> rows = page();
    assertEquals(taking, rows.keySet());
    rows.forEach(
        (name, row) -> {
          assertTrue(Set.of("yes", "policy").contains(row.officer()), name);
          assertTrue(Set.of("yes", "policy", "no").contains(row.justification()), name);
          Matcher leaves = LEAF.matcher(row.leaves());
          while (leaves.find()) {
            AuditType unused = AuditType.valueOf(leaves.group(1));
          }
        });
  }

  private void grantAll(String agency, String scopes) throws IOException {
    Path config = federation.config(agency);
    Files.writeString(
        config,
        Files.readString(config).replaceAll("scopes: \\[.*]", "scopes: [" + scopes + "]")
            + "attachments: { folder: attachments }\n"
            + "ipr:\n  time_zone: Europe/Paris\n  calendar_until: 2099-12-31\n"
            // Some calls are dear, and this test makes them as fast as it can.
            + "limits:\n  per_client: { call_cost: 10000000 }\n");
  }

  /** Every call of the page without a person, and with an officer who does not say why. */
  @Test
  void everyCall_asksForWhatThePageSays_andRefusesByThatField() throws IOException {
    List<String> wrong = new ArrayList<>();
    grantAll(
        FR,
        "publish, subscribe, search, watch, score, respond, evidence, release, consent, recall,"
            + " operate_jointly, retention, task, audit, operator, ipr");
    grantAll(DE, "rights_holder");
    federation.start(FR, DE);
    ByteString asked = federation.publish(FR, request(federation, true)).getMessageId();
    assertFalse(asked.isEmpty());
    Map<String, com.google.protobuf.Descriptors.MethodDescriptor> calls = EveryCallTest.calls();
    for (Map.Entry<String, Row> one : page().entrySet()) {
      Call call =
          new Call(
              one.getKey(),
              Objects.requireNonNull(calls.get(one.getKey())),
              federation.channel(HOLDERS.contains(one.getKey()) ? DE : FR),
              federation,
              asked);
      wrong.addAll(wrong(call, one.getValue()));
    }
    assertEquals(List.of(), wrong);
  }

  private static List<String> wrong(Call call, Row row) {
    List<String> wrong = new ArrayList<>();
    String nobody = call.fieldAtFault(OnBehalfOf.getDefaultInstance());
    if (!nobody.startsWith("on_behalf_of")) {
      wrong.add(call.name() + " without anybody: " + nobody);
    }
    String silent = call.fieldAtFault(OnBehalfOf.newBuilder().setOfficer("A-1").build());
    boolean asks = row.justification().equals("yes") || call.isDraft();
    if (asks != silent.startsWith("on_behalf_of")) {
      wrong.add(call.name() + " without a justification: " + silent);
    }
    String blank =
        call.fieldAtFault(
            OnBehalfOf.newBuilder().setOfficer(" ").setJustification("case 4/26").build());
    if (!blank.equals("on_behalf_of.officer")) {
      wrong.add(call.name() + " with a blank for an officer: " + blank);
    }
    BlankText.all().forEach(text -> wrong.addAll(hidden(call, text)));
    wrong.addAll(hidden(call, "A\u202E1"));
    return wrong;
  }

  /** A text that does not show, or turns what is behind it, in each field of the person. */
  private static List<String> hidden(Call call, String text) {
    OnBehalfOf good =
        OnBehalfOf.newBuilder().setOfficer("A-1").setUnit("U").setJustification("case 4").build();
    Map<String, OnBehalfOf> persons =
        Map.of(
            "on_behalf_of.officer", good.toBuilder().setOfficer(text).build(),
            "on_behalf_of.unit", good.toBuilder().setUnit(text).build(),
            "on_behalf_of.justification", good.toBuilder().setJustification(text).build());
    return persons.entrySet().stream()
        .filter(it -> !call.fieldAtFault(it.getValue()).equals(it.getKey()))
        .map(
            it ->
                call.name() + ": " + it.getKey() + " may be U+%04X".formatted(text.codePointAt(0)))
        .toList();
  }

  /** A request, for which policy always asks who and why. */
  private static Draft request(RunningFederation federation, boolean named) {
    Draft.Builder draft = federation.draft("asked", Duration.ofDays(2), DE).toBuilder();
    draft
        .getLabelBuilder()
        .setKind(Kind.KIND_REQUEST)
        .setRequestedAction(RequestedAction.REQUESTED_ACTION_CHECK);
    draft
        .getBodyBuilder()
        .setRequest(
            Request.newBuilder()
                .setQuestion("Known?")
                .setLanguage("en")
                .setWanted(Wanted.WANTED_HIT_NO_HIT)
                .setAnswerBy(
                    com.google.protobuf.util.Timestamps.fromMillis(
                        federation.clock.instant().plus(Duration.ofDays(1)).toEpochMilli())));
    if (named) {
      draft.setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("A-1").setJustification("case 4/26"));
    }
    return draft.build();
  }

  /** A call by its descriptors, as a client in any language makes it. */
  private record Call(
      String name,
      com.google.protobuf.Descriptors.MethodDescriptor method,
      Channel channel,
      RunningFederation federation,
      ByteString asked) {
    boolean isDraft() {
      return name.startsWith("Publisher.");
    }

    /** Which field is refused; something else where none is. */
    String fieldAtFault(OnBehalfOf person) {
      MethodDescriptor<DynamicMessage, DynamicMessage> called =
          MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
              .setType(
                  method.isClientStreaming()
                      ? MethodDescriptor.MethodType.BIDI_STREAMING
                      : method.isServerStreaming()
                          ? MethodDescriptor.MethodType.SERVER_STREAMING
                          : MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(
                  MethodDescriptor.generateFullMethodName(
                      method.getService().getFullName(), method.getName()))
              .setRequestMarshaller(marshaller(method.getInputType()))
              .setResponseMarshaller(marshaller(method.getOutputType()))
              .build();
      CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS);
      try {
        if (method.isClientStreaming()) {
          return streamed(called, options, request(person));
        }
        Iterator<DynamicMessage> answers =
            ClientCalls.blockingServerStreamingCall(channel, called, options, request(person));
        return answers.hasNext()
            ? "answered: " + answers.next().getDescriptorForType().getName()
            : "";
      } catch (StatusRuntimeException e) {
        return field(e);
      }
    }

    /** On a stream each draft has its own outcome. */
    private String streamed(
        MethodDescriptor<DynamicMessage, DynamicMessage> called,
        CallOptions options,
        DynamicMessage request) {
      java.util.concurrent.CompletableFuture<String> field =
          new java.util.concurrent.CompletableFuture<>();
      io.grpc.stub.StreamObserver<DynamicMessage> stream =
          ClientCalls.asyncBidiStreamingCall(
              channel.newCall(called, options),
              new io.grpc.stub.StreamObserver<>() {
                @Override
                public void onNext(DynamicMessage response) {
                  try {
                    Outcome outcome =
                        PublishStreamResponse.parseFrom(response.toByteString()).getOutcomes(0);
                    field.complete(outcome.getInvalid().getField());
                  } catch (InvalidProtocolBufferException e) {
                    field.completeExceptionally(e);
                  }
                }

                @Override
                public void onError(Throwable failure) {
                  field.completeExceptionally(failure);
                }

                @Override
                public void onCompleted() {
                  field.complete("");
                }
              });
      stream.onNext(request);
      stream.onCompleted();
      return field.join();
    }

    private static MethodDescriptor.Marshaller<DynamicMessage> marshaller(Descriptor type) {
      return ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(type));
    }

    private DynamicMessage request(OnBehalfOf person) {
      DynamicMessage.Builder request = DynamicMessage.newBuilder(method.getInputType());
      try {
        JsonFormat.parser().merge(FIELDS.getOrDefault(name, "{}"), request);
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(name, e);
      }
      for (FieldDescriptor field : method.getInputType().getFields()) {
        if (field.getName().equals("on_behalf_of")) {
          request.setField(field, person);
        } else if (field.getType() == FieldDescriptor.Type.BYTES
            && field.getName().endsWith("_id")) {
          request.setField(field, name.equals("Requests.Remind") ? asked : ID);
        } else if (field.getName().equals("draft")) {
          request.setField(field, draft(person));
        } else if (field.getName().equals("drafts")) {
          request.addRepeatedField(field, draft(person));
        }
      }
      return request.build();
    }

    private Draft draft(OnBehalfOf person) {
      return PeoplePageTest.request(federation, false).toBuilder().setOnBehalfOf(person).build();
    }

    private static String field(StatusRuntimeException failure) {
      Status status = StatusProto.fromThrowable(failure);
      for (Any detail : status == null ? List.<Any>of() : status.getDetailsList()) {
        if (detail.is(BadRequest.class)) {
          try {
            return detail.unpack(BadRequest.class).getFieldViolations(0).getField();
          } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(HexFormat.of().formatHex(detail.toByteArray()), e);
          }
        }
      }
      return String.valueOf(failure.getStatus());
    }
  }
}
