package main // a client in Go

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	pb "entente/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
)

func publish(gateway *grpc.ClientConn, words []string) {
	draft := &pb.Draft{IdempotencyKey: words[1], To: &pb.Addressing{Agencies: words[:1]}} // once for each key
	draft.Label = &pb.Label{Kind: pb.Kind_KIND_ALERT, Category: pb.Category_CATEGORY_IPR, Severity: pb.Severity_SEVERITY_SEVERE,
		Purpose: pb.Purpose_PURPOSE_CUSTOMS_CONTROL, Classification: pb.Classification_CLASSIFICATION_RESTRICTED}
	texts := []*pb.AlertText{{Language: "en", Headline: "Counterfeit brake pads"}}
	draft.Body = &pb.Body{Content: &pb.Body_Alert{Alert: &pb.Alert{Texts: texts}}}
	outcome := must(pb.NewPublisherClient(gateway).Publish(context.Background(), &pb.PublishRequest{Draft: draft})).Outcome
	result := outcome.ProtoReflect().Descriptor().Oneofs().ByName("result") // accepted: it is on the gateway's disk
	fmt.Printf("%x %s\n", outcome.MessageId, outcome.ProtoReflect().WhichOneof(result).Name())
	for _, permit := range outcome.GetAccepted().GetPermits() {
		fmt.Printf("to %s under %s\n", permit.Agency, permit.Agreement)
	}
	for _, refusal := range append(outcome.GetAccepted().GetRefusals(), outcome.GetRefused().GetRefusals()...) {
		fmt.Printf("not to %s: %s: %s\n", refusal.Agency, refusal.Code, refusal.Reason)
	}
}

func receive(gateway *grpc.ClientConn, words []string) {
	stream := must(pb.NewSubscriberClient(gateway).Subscribe(context.Background()))
	stream.Send(&pb.SubscribeRequest{Request: &pb.SubscribeRequest_Open{Open: &pb.OpenCursor{Cursor: words[0]}}})
	for next, err := stream.Recv(); err != io.EOF; next, err = stream.Recv() { // Recv also says why Send failed
		if delivery := must(next, err).GetDelivery(); delivery != nil {
			fmt.Printf("%x from %s\n", delivery.Label.MessageId, delivery.Label.Origin) // store it, unless you have this id
			stream.Send(&pb.SubscribeRequest{Request: &pb.SubscribeRequest_Ack{Ack: &pb.Acknowledge{Position: delivery.Position}}})
		} else if next.GetCaughtUp() != nil {
			stream.CloseSend() // the gateway ends the stream once acknowledgements are durable
		}
	}
}

func track(gateway *grpc.ClientConn, words []string) {
	request := &pb.TrackRequest{MessageId: must(hex.DecodeString(words[0]))}
	for _, at := range must(pb.NewEvidenceClient(gateway).Track(context.Background(), request)).Recipients {
		fmt.Println(at.Agency, at.Progress)
	}
}

func must[T any](value T, err error) T {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			log.Fatalf("%s: %s", info.Reason, strings.TrimPrefix(status.Convert(err).Message(), info.Reason+": "))
		}
	}
	if err != nil {
		log.Fatal(err) // of gRPC itself, or of a file
	}
	return value
}

func main() {
	words, last, lengths := os.Args[1:], len(os.Args)-2, map[string]int{"publish": 5, "receive": 4, "track": 4}
	if len(words) == 0 || len(words) != lengths[words[0]] {
		log.Fatal("quickstart (publish RECIPIENT KEY | receive CURSOR | track MESSAGE) HOST:PORT FOLDER")
	}
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(must(os.ReadFile(words[last] + "/ca.crt")))
	certificate := must(tls.LoadX509KeyPair(words[last]+"/tls.crt", words[last]+"/tls.key"))
	options := &tls.Config{RootCAs: authorities, Certificates: []tls.Certificate{certificate}}
	gateway := must(grpc.NewClient(words[last-1], grpc.WithTransportCredentials(credentials.NewTLS(options))))
	calls := map[string]func(*grpc.ClientConn, []string){"publish": publish, "receive": receive, "track": track}
	calls[words[0]](gateway, words[1:last-1])
}
